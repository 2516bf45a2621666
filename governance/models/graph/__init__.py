"""What stands inside an ONNX graph: its trees, linear parts, stages and outputs."""

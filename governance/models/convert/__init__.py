"""Other libraries' models to ONNX, and the proof that both agree."""

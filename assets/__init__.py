"""What is drawn with and not computed: the marks, the theme and the fonts of reports; read by path, also where the project is installed."""

"""The web app: looks at runs and talks with checkpoints in a browser. A leaf; Gradio is imported where it is used."""

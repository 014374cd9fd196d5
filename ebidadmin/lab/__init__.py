"""JupyterLab for the staff: how it is started, and what its server does with notebooks."""

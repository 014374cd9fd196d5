"""Reports put together: notebooks run in kernels, files looked at."""

"""``python -m ebidadmin``."""

from ebidadmin.cli import main

if __name__ == "__main__":
    main()

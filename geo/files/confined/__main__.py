"""``python -P -m geo.files.confined``: started by :mod:`geo.files.confined.parent`."""

from geo.files.confined.child import main

if __name__ == "__main__":
    main()

"""`python -m customer_analytics`."""

import sys

from customer_analytics.errors import missing_package

try:
    from customer_analytics.cli import main
except ModuleNotFoundError as error:
    sys.exit(f"Error: {missing_package(error)}")

if __name__ == "__main__":
    main()

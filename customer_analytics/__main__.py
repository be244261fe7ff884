"""`python -m customer_analytics`."""

from customer_analytics.cli import main

if __name__ == "__main__":
    main()

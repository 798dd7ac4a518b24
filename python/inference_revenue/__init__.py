"""Revenue of an AI company under ASC 606 and IFRS 15, from usage to journal."""

__version__ = "0.1.0"

"""How numbers are said, on screens and pages."""


def count(number: int, noun: str, plural: str | None = None) -> str:
    """
    >>> count(1, "story", "stories"), count(2500, "item")
    ('1 story', '2,500 items')
    """
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"

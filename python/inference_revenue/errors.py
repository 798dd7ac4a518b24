"""The one error that users see."""


class UserError(Exception):
    """Something the user can put right, said in one sentence.

    The command line prints the message without a stack trace and exits with 1, so
    the sentence names the file, table or column and, where it helps, what to do.
    """


def refused(error: OSError) -> UserError:
    """What the file system refused (a full disk, a place that may not be written)."""
    place = f" ({error.filename})" if error.filename else ""
    return UserError(f"The file system refused: {error.strerror or error}{place}.")

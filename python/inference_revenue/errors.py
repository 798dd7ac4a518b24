"""The one error that users see."""


class UserError(Exception):
    """Something the user can put right, said in one sentence.

    The command line prints the message without a stack trace and exits with 1, so
    the sentence names the file, table or column and, where it helps, what to do.
    """

"""Global limits: how many reports are made and mails sent in a minute, over all workers."""

from collections.abc import Callable

from celery import Task

#: Header of a job that comes at the turn it has taken.
HAS_TURN = "mockupaws_has_turn"


def is_its_turn(task: Task, take_turn: Callable[[], float | None]) -> bool:
    """Whether the job may begin; `take_turn` gives the seconds until its turn, None when nothing is to do.

    A job whose turn lies a little ahead comes again by itself, once, which uses up none of its tries. What is
    tried again after a failure still has its turn.
    """
    request = task.request
    if getattr(request, HAS_TURN, False):
        return True
    wait_s = take_turn()
    if wait_s:
        again = task.signature_from_request(
            request, request.args, request.kwargs, countdown=wait_s, retries=request.retries
        )
        again.apply_async(headers={**(request.headers or {}), HAS_TURN: True})
    return wait_s == 0

"""A small pool of processes that may die alone.

``concurrent.futures`` gives up the whole pool when one worker dies and cannot say which task killed it. Here each
worker has its own pipe and says which task it starts; the parent kills one that overruns its time, replaces one that
died, and hands the other tasks of its chunk to somebody else. Workers are spawned, not forked, so they share no lock
or thread with the parent, and end by themselves when the parent's end of the pipe closes.
"""

from __future__ import annotations

import contextlib
import importlib
import multiprocessing
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from typing import Any

_DEATH_CODE = "worker_died"
_TIME_CODE = "time_limit"


@dataclass(frozen=True, slots=True)
class WorkerLimits:
    """What one worker may use."""

    seconds: float = 300.0
    """Longest time for one task, in seconds of the clock."""
    memory_bytes: int = 6 * 2**30
    """Largest address space of a worker, in bytes; an allocation beyond it fails inside the worker."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A task that took its worker down, twice: with others and alone."""

    code: str
    """``worker_died`` or ``time_limit``."""
    detail: str


@dataclass(frozen=True, slots=True)
class ChunkResult:
    """What came back for one chunk of tasks, or for what was left of it."""

    tasks: tuple[Any, ...]
    value: Any
    """What the target returned; None where ``failure`` or ``is_postponed`` is set (then ``tasks`` holds one task)."""
    failure: Failure | None = None
    is_postponed: bool = False
    """The one task took its worker down and will be tried again at the end; a result for it follows."""


@dataclass(slots=True)
class _Chunk:
    tasks: tuple[Any, ...]
    alone: bool = False


@dataclass(slots=True)
class _Worker:
    process: multiprocessing.process.BaseProcess
    pipe: Connection
    chunk: _Chunk | None = None
    current: int = 0
    deadline: float = field(default=float("inf"))


def run_chunks(
    target: str, chunks: Iterable[tuple[Any, ...]], *, jobs: int, limits: WorkerLimits | None = None
) -> Iterator[ChunkResult]:
    """Run ``target(tasks, started)`` over chunks in ``jobs`` processes; yields results as they come.

    ``target`` is ``package.module:function``; the function calls ``started(i)`` before task ``i`` of its chunk, which
    is what time limits and blame go by. Chunks are drawn as workers become free. A task whose worker dies or overruns
    comes back as postponed, is tried once more alone after everything else, and then comes back with its value or a
    ``Failure``. An exception that the target lets out counts as a death of the worker. Closing the generator ends all
    workers.
    """
    pool = _Pool(target, max(1, jobs), limits or WorkerLimits())
    try:
        yield from pool.run(iter(chunks))
    finally:
        pool.close()


class _Pool:
    def __init__(self, target: str, jobs: int, limits: WorkerLimits) -> None:
        self.target, self.jobs, self.limits = target, jobs, limits
        self.context = multiprocessing.get_context("spawn")
        self.workers: list[_Worker] = []
        self.again: deque[_Chunk] = deque()
        self.suspects: deque[_Chunk] = deque()

    def run(self, chunks: Iterator[tuple[Any, ...]]) -> Iterator[ChunkResult]:
        exhausted = False
        drawn: _Chunk | None = None
        while True:
            while not exhausted or self.again:
                # Drawn before a worker is started: where there is nothing to do none is.
                if not self.again and drawn is None:
                    tasks = next(chunks, None)
                    if tasks is None:
                        exhausted = True
                        continue
                    drawn = _Chunk(tuple(tasks)) if tasks else None
                    if drawn is None:
                        continue
                worker = self._free_worker()
                if worker is None:
                    break
                if self.again:
                    self._give(worker, self.again.popleft())
                else:
                    self._give(worker, drawn)
                    drawn = None
            busy = [worker for worker in self.workers if worker.chunk is not None]
            if not busy:
                if exhausted and not self.again and drawn is None:
                    if not self.suspects:
                        return
                    # A suspect runs with nobody beside it: if memory was short, it is not any more.
                    self._give(self._free_worker() or self._start(), self.suspects.popleft())
                    busy = [worker for worker in self.workers if worker.chunk is not None]
                else:
                    continue
            yield from self._collect(busy)

    def _free_worker(self) -> _Worker | None:
        for worker in self.workers:
            if worker.chunk is None:
                return worker
        return self._start() if len(self.workers) < self.jobs else None

    def _start(self) -> _Worker:
        ours, theirs = self.context.Pipe()
        process = self.context.Process(
            target=_worker_main, args=(theirs, self.target, self.limits.memory_bytes), daemon=True
        )
        process.start()
        theirs.close()
        worker = _Worker(process, ours)
        self.workers.append(worker)
        return worker

    def _give(self, worker: _Worker, chunk: _Chunk) -> None:
        worker.chunk, worker.current = chunk, 0
        worker.deadline = time.monotonic() + self.limits.seconds
        # A worker that is gone already shows when its pipe is read.
        with contextlib.suppress(OSError):
            worker.pipe.send(chunk.tasks)

    def _collect(self, busy: list[_Worker]) -> Iterator[ChunkResult]:
        patience = max(0.0, min(worker.deadline for worker in busy) - time.monotonic())
        ready = set(wait([worker.pipe for worker in busy], timeout=patience))
        for worker in busy:
            if worker.pipe in ready:
                yield from self._hear(worker)
            elif time.monotonic() >= worker.deadline:
                yield from self._bury(worker, Failure(_TIME_CODE, f"{self.limits.seconds:g}"))

    def _hear(self, worker: _Worker) -> Iterator[ChunkResult]:
        try:
            kind, value = worker.pipe.recv()
        except (EOFError, OSError):
            worker.process.join(5)
            yield from self._bury(worker, Failure(_DEATH_CODE, str(worker.process.exitcode)))
            return
        if kind == "started":
            worker.current = value
            worker.deadline = time.monotonic() + self.limits.seconds
        else:
            chunk, worker.chunk = worker.chunk, None
            yield ChunkResult(chunk.tasks, value)

    def _bury(self, worker: _Worker, failure: Failure) -> Iterator[ChunkResult]:
        """End a worker; blame the task it was at, keep the others of its chunk."""
        self.workers.remove(worker)
        _end(worker.process)
        worker.pipe.close()
        chunk = worker.chunk
        blamed = chunk.tasks[worker.current]
        if chunk.alone:
            yield ChunkResult((blamed,), None, failure)
            return
        self.suspects.append(_Chunk((blamed,), alone=True))
        yield ChunkResult((blamed,), None, is_postponed=True)
        others = chunk.tasks[: worker.current] + chunk.tasks[worker.current + 1 :]
        if others:
            self.again.append(_Chunk(others))

    def close(self) -> None:
        for worker in self.workers:
            worker.pipe.close()
        for worker in self.workers:
            if worker.chunk is not None:
                _end(worker.process)
            worker.process.join(5)
            _end(worker.process)
        self.workers.clear()


def _end(process: multiprocessing.process.BaseProcess) -> None:
    if process.is_alive():
        process.kill()
        process.join(5)


def _worker_main(pipe: Connection, target: str, memory_bytes: int) -> None:
    """Life of a worker: import the target, then serve chunks until the pipe closes."""
    # Ctrl-C goes to the whole group; the parent decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # One core each: set before anything imports a library with its own threads.
    for name in ("POLARS_MAX_THREADS", "OMP_NUM_THREADS", "OMP_THREAD_LIMIT"):
        os.environ[name] = "1"
    _limit_memory(memory_bytes)
    threading.Thread(target=end_with_parent, args=(os.getppid(),), daemon=True).start()
    module, _, function = target.partition(":")
    work: Callable[[tuple[Any, ...], Callable[[int], None]], Any] = getattr(importlib.import_module(module), function)
    while True:
        try:
            tasks = pipe.recv()
        except (EOFError, OSError):
            return
        pipe.send(("done", work(tasks, lambda index: pipe.send(("started", index)))))


def end_with_parent(parent: int) -> None:
    """A worker deep in a document does not see its pipe close: when the parent was killed, go too."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def _limit_memory(memory_bytes: int) -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        allowed = memory_bytes if hard == resource.RLIM_INFINITY else min(memory_bytes, hard)
        resource.setrlimit(resource.RLIMIT_AS, (allowed, hard))

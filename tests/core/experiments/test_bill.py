"""A bill that grows with each step, and not between two."""

import time
from dataclasses import dataclass

import torch

from core.experiments.bill import Bill, billed_steps, held
from core.experiments.cost import Cost
from core.steps import Run, Step

CPU = torch.device("cpu")


def step(bill: Bill) -> torch.Tensor:
    x = torch.ones(3, requires_grad=True)
    y = bill.counted(torch.square)(x).sum()
    return bill.gradient(y, x)[0]


def test_each_step_adds_its_passes_and_its_time():
    bill = Bill(CPU)
    assert (bill.cost.forward, bill.cost.backward, bill.cost.milliseconds) == (0, 0, 0.0)
    assert bill.taken(lambda: step(bill)).tolist() == [2.0, 2.0, 2.0]
    first = bill.cost
    assert (first.forward, first.backward) == (1, 1)
    assert first.milliseconds > 0
    bill.taken(lambda: step(bill))
    assert (bill.cost.forward, bill.cost.backward) == (2, 2)
    assert bill.cost.milliseconds > first.milliseconds


def test_what_a_caller_does_between_two_steps_is_not_on_the_bill():
    bill = Bill(CPU)
    bill.taken(lambda: step(bill))
    before = bill.cost
    time.sleep(0.01)
    step(bill)
    assert bill.cost == before


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Heard(Step):
    said: object


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Billed(Heard):
    cost: Cost


def test_steps_are_billed_settings_are_handed_on_and_the_run_is_closed():
    ended = []

    def hearing() -> Run[Heard]:
        try:
            said = None
            for index in range(3):
                said = yield Heard(index=index, said=said)
        finally:
            ended.append(True)

    run = billed_steps(hearing(), Bill(CPU), lambda step, cost: Billed(**held(step), cost=cost))
    first, second = next(run), run.send("louder")
    assert (first.index, second.said) == (0, "louder")
    assert second.cost.milliseconds > first.cost.milliseconds
    run.close()
    assert ended
    assert [step.index for step in billed_steps(hearing(), Bill(CPU), lambda step, _: step)] == [0, 1, 2]

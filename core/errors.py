"""Everything that can go wrong in words a visitor understands.

VisionLabError
├── PhotoError          the file is not a photo the lab can use
├── SettingError        a setting has no meaning (also a ValueError)
├── ModelError          a network can't be used
│   ├── WeightsMissingError  its weights are not on this machine yet
│   ├── WeightsDamagedError  their file does not hold what it should
│   └── DownloadError        its weights could not be fetched
├── EngineError         the work could not be run
│   ├── CancelledError       it was taken out of the queue
│   └── MemoryShortError     it needs more memory than there is
└── StartError          the lab itself could not start (torch missing or broken)

Each error says what happened (`problem`) and what to do next (`advice`), both as full sentences.
"""


class VisionLabError(Exception):
    """What happened and what to do next, in the visitor's words."""

    def __init__(self, problem: str, advice: str) -> None:
        super().__init__(problem, advice)
        self.problem = problem
        self.advice = advice

    def __str__(self) -> str:
        return f"{self.problem} {self.advice}"


class PhotoError(VisionLabError):
    """A file that is not a photo the lab can use: not an image, damaged, too large or too small."""


class SettingError(VisionLabError, ValueError):
    """A setting without meaning. `problem` names the setting, the rule and the value."""

    def __init__(self, problem: str, advice: str = "Choose a value in that range.") -> None:
        super().__init__(problem, advice)


class ModelError(VisionLabError):
    """A network that can't be used."""


class WeightsMissingError(ModelError):
    """The weights of a network are not on this machine yet."""


class WeightsDamagedError(ModelError):
    """The file with the weights of a network is there, but it does not hold what it should."""


class DownloadError(ModelError):
    """The weights of a network could not be fetched."""


class EngineError(VisionLabError):
    """Work that could not be run."""


class CancelledError(EngineError):
    """Work that was taken out of the queue before it began."""

    def __init__(self, problem: str = "This run was cancelled.", advice: str = "Start it again when you like.") -> None:
        super().__init__(problem, advice)


class MemoryShortError(EngineError):
    """Work that does not fit into the memory of any device."""

    def __init__(
        self,
        problem: str = "This needs more memory than the server has.",
        advice: str = "Choose a smaller network or a smaller photo, or try again when fewer people use the lab.",
    ) -> None:
        super().__init__(problem, advice)


class StartError(VisionLabError):
    """The lab itself could not start."""

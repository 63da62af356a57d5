"""Imagine: a picture that a network would like to see, drawn live."""

from __future__ import annotations

import streamlit as st

from core.images.photo import Photo
from ui import controls, frame, messages, parts
from ui.sections.saliency import (
    imagine_away,
    imagine_controls,
    imagine_presets,
    imagine_stage,
    imagine_tray,
    imagine_versus,
    imagine_words,
)


@st.fragment
def imagine(photo: Photo) -> None:
    """The whole view: a moved control reruns it, not the frame."""
    with messages.guard("This part"):
        controls.presets(imagine_presets.KEY, imagine_presets.presets(), default=imagine_presets.FIRST)
        with parts.hideable("controls"):
            plan = imagine_controls.controls(photo, imagine_presets.follow)
        drawn, going = imagine_stage.stage(plan)
        with parts.hideable("tray"):
            imagine_tray.tray(drawn.plan)
        compared = []
        if plan.layer is None:
            with parts.hideable("versus"), messages.guard("The comparison"):
                compared = imagine_versus.versus(plan, waits=going)
        with parts.hideable("formulas"):
            imagine_words.formula(drawn)
        parts.caveat(
            "This picture maximises one number. It is not what the network “thinks”, nor all it knows of the class; and that it "
            "looks like something at all is owed to the weights that keep it calm, which are our taste."
        )
        with parts.hideable("export"):
            imagine_away.take_away(drawn, going=going)
        frame.send_to("pages/attribution.py", "pages/style.py", "pages/models.py")
        bills = [*([] if going else [drawn.cost]), *(one.cost for one in compared)]
        if bills:
            parts.cost(*{id(one): one for one in bills}.values())
        if going:
            st.caption("What the run costs is counted, and told here when it is paused or over.")

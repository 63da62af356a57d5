"""Cached doors into core: every experiment goes through here, and the only cache decorators of the app are here.

Photos are never hashed by Streamlit (it samples large arrays): the digest is the key and the photo itself rides along
as an argument that is not hashed. Torch is imported inside the doors, after the shell has painted.

What several pages use can be had from here; what belongs to one subject is in the module of that name.
"""

from ui.cached.boxes import anchors as anchors
from ui.cached.boxes import assign as assign
from ui.cached.boxes import at_place as at_place
from ui.cached.boxes import descents as descents
from ui.cached.boxes import measure as measure
from ui.cached.boxes import offsets as offsets
from ui.cached.boxes import pick as pick
from ui.cached.looks import device as device
from ui.cached.looks import look as look
from ui.cached.looks import maps as maps
from ui.cached.looks import regions as regions
from ui.cached.looks import things as things
from ui.cached.pictures import backdrop as backdrop
from ui.cached.pictures import cam_card as cam_card
from ui.cached.pictures import cam_picture as cam_picture
from ui.cached.pictures import crowd_card as crowd_card
from ui.cached.pictures import density_picture as density_picture
from ui.cached.pictures import fit_picture as fit_picture
from ui.cached.pictures import map_tiles as map_tiles
from ui.cached.pictures import overlap_card as overlap_card
from ui.cached.pictures import photo_card as photo_card
from ui.cached.pictures import picture as picture
from ui.cached.pictures import region_picture as region_picture
from ui.cached.pictures import sample as sample
from ui.cached.pictures import sample_thumbnails as sample_thumbnails
from ui.cached.pictures import thing_card as thing_card
from ui.cached.pictures import thing_picture as thing_picture
from ui.cached.pictures import thumbnail as thumbnail
from ui.cached.queue import version as version
from ui.cached.suppressions import candidates as candidates
from ui.cached.suppressions import crowded as crowded
from ui.cached.suppressions import nms_curve as nms_curve
from ui.cached.suppressions import race as race
from ui.cached.suppressions import random_boxes as random_boxes
from ui.cached.suppressions import read_boxes as read_boxes
from ui.cached.suppressions import why as why

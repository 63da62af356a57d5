"""Pictures in several manners, drawn with code: the styles that ship with the lab."""

"""Makes the weights that ship with the app: real photos in, one small file out. The app imports nothing of this."""

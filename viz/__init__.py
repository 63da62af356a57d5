"""What it looks like: a result of core in, a figure or a picture out. No Streamlit."""

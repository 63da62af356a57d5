"""Photos: what a visitor gives, made safe, measured and ready for a network."""

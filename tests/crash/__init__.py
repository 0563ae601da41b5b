"""The whole program under fire: real processes killed at random while people write on all channels at once."""

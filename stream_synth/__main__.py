"""`python -m stream_synth`."""

from importlib import import_module

if __name__ == "__main__":
    import_module("stream_synth.cli").main()

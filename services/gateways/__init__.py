"""The concrete third parties. Whatever is wrong with one of them becomes one ``RemoteFailed``."""

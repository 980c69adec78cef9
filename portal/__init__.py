"""Vårdval BUP: the self-service portal for Region Dalarna's free-choice system in child psychiatry."""

__version__ = "0.3.0"

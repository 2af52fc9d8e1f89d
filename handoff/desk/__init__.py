"""Conversations, tickets, seats and shifts: the rules of the front door, and who keeps them."""

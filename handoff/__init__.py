"""From script to human: the server, the queue, the desk, storage, accounts and web pages."""

"""How people reach the system: the command line, the HTTP API and the web page.

What lives here parses, calls one pipeline or core function, and prints. No decision about adapters is taken here.
"""

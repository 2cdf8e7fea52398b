"""Simulators of the third parties: demo mode and tests only, on 127.0.0.1, in one process.

One module for each party (``mail``, ``sms``, ``weibo``, ``cashier``); a further one adds its
``ROUTES``, its name to ``faults.PROVIDERS`` and its part of ``Credentials``.
"""

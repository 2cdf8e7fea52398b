"""Simulators of the third parties: demo mode and tests only, on 127.0.0.1, in one process.

Some modules for each party (``mail``; ``sms``; ``weibo``; ``alipay``, ``alipay_calls``,
``alipay_cashier``; ``wechat``, ``wechat_calls``, ``wechat_refunds``, ``wechat_phone``); a further
one adds its ``ROUTES``, its name to ``faults.PROVIDERS`` and its part of ``Credentials``. Both
providers of payment share ``trades``, their ``bills`` and the engine of ``notices``, whose
``letters`` are genuine and which can also ``forge`` them.
"""

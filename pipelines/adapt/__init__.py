"""From a request to an adapter or an answer: adapt, and what it draws on: search, generate, compose, route.

What trains a network or an adapter on whole tasks is in `training`; what compares methods is in `evaluation`.
"""

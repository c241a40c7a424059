"""Reads the points."""


def points(path):
    rows = open(path, encoding="utf-8").read().split()[1:]
    return [tuple(map(float, row.split(","))) for row in rows]

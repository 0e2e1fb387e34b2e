"""Random graphs, version rows and identifiers, legal and illegal ones: the same from the same seed, whatever
order a set or a directory has."""


def random_graph(rng):
    size = rng.choice([1, 2, 3, 5, 8, 8, 12, 12, 20, 20, 35, 60, 100, 200] if rng.random() < 0.5 else [4, 6, 8, 10, 15])
    style = rng.choice(["hex", "numbers", "shared", "words"])
    names = set()
    while len(names) < size:
        n = len(names)
        names.add(
            {
                "hex": "%012x" % rng.getrandbits(48),
                "numbers": "%03d" % n,
                "shared": rng.choice(["aaaa", "aaab", "bbbb"]) + "%04d" % rng.randrange(3 * size + 9),
                "words": rng.choice(["add", "fix", "merge_heads", "x"]) + "_%d" % n,
            }[style]
        )
    names = sorted(names)
    rng.shuffle(names)
    branchy, merges, bases, deps = rng.random() * 0.5, rng.random() * 0.3, rng.random() * 0.2, rng.random() * 0.3
    if rng.random() < 0.3:
        deps = 0
    graph, labels = [], 0
    for i, name in enumerate(names):
        down, depends = [], []
        if i and rng.random() >= bases:
            down.append(names[rng.randrange(i)] if rng.random() < branchy else names[i - 1])
            while len(down) < i and rng.random() < merges:
                down.append(names[rng.randrange(i)])
        down = list(dict.fromkeys(down))
        carriers = [label for _, _, _, ls in graph for label in ls]
        while i and rng.random() < deps:
            depends.append(rng.choice(carriers) if carriers and rng.random() < 0.3 else names[rng.randrange(i)])
        own = []
        while rng.random() < 0.08:
            own.append(rng.choice(["lib", "left", "branch_", "aaaa_"]) + str(labels))
            labels += 1
        graph.append((name, tuple(down), tuple(dict.fromkeys(depends)), tuple(own)))
    if rng.random() < 0.5:
        rng.shuffle(graph)
    return graph


def spoiled(rng, identifier):
    return rng.choice(
        [identifier + "x", identifier.upper(), " " + identifier, identifier[:-1] + "~", "zzzz", "nope", "a"]
    )


def random_rows(rng, graph, right):
    ids = sorted(r for r, _, _, _ in graph)
    some = rng.sample(ids, min(len(ids), rng.choice([0, 1, 1, 1, 2, 2, 3, 5])))
    if rng.random() < 0.2:
        some = rng.sample(ids, rng.randrange(len(ids) + 1))
    if rng.random() < 0.8:
        kept = right.maximal(set(some))
        some = [r for r in some if r in kept]
    if some and rng.random() < 0.08:
        odd = rng.randrange(5)
        place = rng.randrange(len(some))
        labels = sorted(right.carrier)
        if odd == 0:
            some[place] = some[place][:-1] or "x"
        elif odd == 1 and labels:
            some[place] = rng.choice(labels)
        elif odd == 2:
            some.append(some[place])
        elif odd == 3:
            some[place] = rng.choice(["head", "heads", "base", "-1", "zzzz9999", " " + some[place], some[place].upper()])
        else:
            some.insert(place, None)
    return some


def random_identifier(rng, graph, right):
    ids = sorted(r for r, _, _, _ in graph)
    labels = sorted(right.carrier)
    one = rng.choice(ids)
    kind = rng.random()
    if kind < 0.45:
        return one
    if kind < 0.50:
        return "head"
    if kind < 0.56:
        return "heads"
    if kind < 0.60:
        return "base"
    if kind < 0.66:
        return one[: rng.randrange(1, len(one) + 1)]
    if kind < 0.70:
        return spoiled(rng, one)
    label = rng.choice(labels + [rng.choice(ids)]) if rng.random() < 0.95 else "nope"
    if kind < 0.74:
        return label[: rng.randrange(1, len(label) + 1)]
    what = rng.choice(["head", "head", "heads", "heads", "base", one, one[: max(1, len(one) - 2)], "nope"])
    return label + "@" + what


def random_relative(rng, graph, right):
    one = rng.choice(sorted(r for r, _, _, _ in graph) + sorted(right.carrier) + ["head", "heads", "base", "nope"])
    text = rng.choice(["", "", one]) + rng.choice("+-") + str(rng.choice([1, 1, 1, 2, 2, 3, 9]))
    labels = sorted(right.carrier)
    return rng.choice(labels + ["nope"]) + "@" + text if labels and rng.random() < 0.4 else text


def random_range(rng, graph, right):
    def end(words):
        if rng.random() < 0.5:
            return rng.choice(words)
        return random_identifier(rng, graph, right)

    low = end(["", "base", "current", "-1", "-3", "-2"])
    high = end(["", "head", "heads", "current", "+1", "+2", rng.choice(sorted(graph))[0] + "+1"])
    return low + ":" + high

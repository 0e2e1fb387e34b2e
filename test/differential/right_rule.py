"""What is right where Alembic is wrong, stated a second time: by sets, without any of Alembic's code and
without any of the core's."""


class Graph:
    def __init__(self, graph):
        self.revisions = [r for r, _, _, _ in graph]
        self.carrier = {label: r for r, _, _, labels in graph for label in labels}
        self.down = {r: set(down) for r, down, _, _ in graph}
        self.all = {r: set(down) | {self.carrier.get(d, d) for d in deps} for r, down, deps, _ in graph}
        self.below_down = self._closure(self.down)
        self.below = self._closure(self.all)
        self.above = {r: {x for x in self.revisions if r in self.below[x]} for r in self.revisions}
        self.above_down = {r: {x for x in self.revisions if r in self.below_down[x]} for r in self.revisions}

    def _closure(self, edges):
        result = {}
        for start in self.revisions:
            stack = [start]
            while stack:
                node = stack[-1]
                if node in result:
                    stack.pop()
                    continue
                missing = [p for p in edges[node] if p not in result]
                if missing:
                    stack.extend(missing)
                    continue
                result[node] = set(edges[node]).union(*(result[p] for p in edges[node]))
                stack.pop()
        return result

    def related(self, one, other):
        return one == other or one in self.below[other] or other in self.below[one]

    def maximal(self, nodes):
        return {n for n in nodes if not any(n in self.below[m] for m in nodes)}

    def is_antichain(self, nodes):
        return self.maximal(nodes) == set(nodes)

    def merges_related(self, revisions):
        """Whether one of them has a parent or dependency that is below another of its own."""
        return not all(self.is_antichain(self.all[revision]) for revision in revisions)

    def reading(self, row):
        """The revision that a row stands for, or None: exact, label, or unique prefix."""
        if row in self.below:
            return row
        if row in self.carrier:
            return self.carrier[row]
        if not row or row != row.strip() or row in ("head", "heads", "base") or set(row) & set("@:") or row[0] in "+-":
            return None
        like = [n for n in list(self.below) + list(self.carrier) if len(n) > 3 and n.startswith(row)]
        return (like[0] if like[0] in self.below else self.carrier[like[0]]) if len(like) == 1 else None

    def stamped(self, rows, targets, base_of=None, all_to_base=False):
        """Rows after a stamp with `targets`, an antichain of revisions; None: to be refused."""
        read = [self.reading(row) for row in rows if row is not None]
        if None in read:
            return None
        if not self.is_antichain(targets):
            return None
        if all_to_base:
            return None if targets else set()
        if base_of is not None:
            if any(self.related(t, base_of) for t in targets):
                return None
            read = [r for r in read if not self.related(r, base_of)]
        kept = {r for r in read if not any(self.related(r, t) for t in targets)}
        return self.maximal(kept) | set(targets)

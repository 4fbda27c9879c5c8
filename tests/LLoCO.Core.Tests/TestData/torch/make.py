"""Writes the archives of this folder with Python's own pickle and zipfile, and stand-ins for the torch classes.

    python3 make.py

Only the standard library is needed: a torch.save file refers to torch's classes by name, and what stands under the name is
not part of the file. Each tensor of n elements holds a view of a storage with the numbers 0, 1, 2, ... (mod 100).
"""
import collections
import io
import pickle
import struct
import sys
import types
import zipfile


def module(name):
    sys.modules[name] = types.ModuleType(name)
    return sys.modules[name]


torch, utils, tensor_module, storage_module, parameter_module = map(
    module, ["torch", "torch._utils", "torch._tensor", "torch.storage", "torch.nn.parameter"])
sys.modules["torch.nn"] = module("torch.nn")


def stand_in(owner, name, function=False):
    thing = (lambda *args: None) if function else type(name, (), {})
    thing.__name__ = thing.__qualname__ = name
    thing.__module__ = owner.__name__
    setattr(owner, name, thing)
    return thing


rebuild = {n: stand_in(utils, n, True) for n in
           ["_rebuild_tensor", "_rebuild_tensor_v2", "_rebuild_tensor_v3", "_rebuild_parameter", "_rebuild_parameter_with_state"]}
from_type = stand_in(tensor_module, "_rebuild_from_type_v2", True)
parameter_class = stand_in(parameter_module, "Parameter")
untyped = stand_in(storage_module, "UntypedStorage")
FORMATS = {"Float": "f", "Half": "e", "BFloat16": None, "Double": "d", "Long": "q", "Int": "i", "Short": "h", "Char": "b",
           "Byte": "B", "Bool": "?"}
storage_classes = {n: stand_in(torch, n + "Storage") for n in FORMATS}


class Dtype:
    """torch.float32 and so on pickle as the name of a global, without a call."""

    def __reduce__(self):
        return "float32"


torch.float32 = Dtype()
torch.float32.__module__ = "torch"


class Storage:
    def __init__(self, kind, count, as_bytes=False):
        self.kind, self.count, self.as_bytes = kind, count, as_bytes

    def data(self):
        numbers = [i % 100 for i in range(self.count)]
        if self.kind == "BFloat16":
            return b"".join(struct.pack("<f", x)[2:] for x in numbers)
        return struct.pack(f"<{self.count}{FORMATS[self.kind]}", *numbers)


class Call:
    def __init__(self, function, *args):
        self.call = function, args

    def __reduce__(self):
        return self.call


def tensor(storage, offset, size, stride):
    return Call(rebuild["_rebuild_tensor_v2"], storage, offset, size, stride, False, collections.OrderedDict())


def save(path, content, protocol, root="archive"):
    storages = {}

    class Pickler(pickle.Pickler):
        def persistent_id(self, thing):
            if not isinstance(thing, Storage):
                return None
            key = str(storages.setdefault(id(thing), (len(storages), thing))[0])
            if thing.as_bytes:
                return "storage", untyped, key, "cpu", len(thing.data())
            return "storage", storage_classes[thing.kind], key, "cuda:0", thing.count

    out = io.BytesIO()
    Pickler(out, protocol).dump(content)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        def add(name, data):
            info = zipfile.ZipInfo(f"{root}/{name}")
            with archive.open(info, "w", force_zip64=zipfile.ZIP64_LIMIT < 1 << 20) as entry:
                entry.write(data)

        add("data.pkl", out.getvalue())
        for number, storage in storages.values():
            add(f"data/{number}", storage.data())
        add("version", b"3\n")


def everything():
    shared = Storage("Float", 24)
    state = collections.OrderedDict()
    state["whole"] = tensor(shared, 0, (4, 6), (6, 1))
    state["transposed"] = tensor(shared, 0, (6, 4), (1, 6))
    state["columns"] = tensor(shared, 2, (4, 3), (6, 1))
    state["row"] = tensor(shared, 12, (6,), (1,))
    state["cube"] = tensor(shared, 0, (3, 4, 2), (2, 6, 1))
    state["scalar"] = tensor(shared, 23, (), ())
    state["empty"] = tensor(Storage("Float", 0), 0, (0, 5), (5, 1))
    state["parameter"] = Call(rebuild["_rebuild_parameter"], state["row"], True, collections.OrderedDict())
    state["parameter_with_state"] = Call(
        rebuild["_rebuild_parameter_with_state"], state["row"], True, collections.OrderedDict(), {"note": 1})
    state["subclass"] = Call(
        from_type, rebuild["_rebuild_tensor_v2"], parameter_class,
        (shared, 12, (6,), (1,), False, collections.OrderedDict()), {"note": 1})
    state["version1"] = Call(rebuild["_rebuild_tensor"], shared, 12, (6,), (1,))
    state["version3"] = Call(
        rebuild["_rebuild_tensor_v3"], Storage("Float", 6, True), 0, (2, 3), (3, 1), False, collections.OrderedDict(), torch.float32)
    kinds = {kind: tensor(Storage(kind, 2 if kind == "Bool" else 5), 0, (2 if kind == "Bool" else 5,), (1,)) for kind in FORMATS}
    state["kinds"] = collections.OrderedDict(kinds)
    state[52845] = tensor(shared, 0, (2,), (1,))
    state[2 ** 40] = tensor(shared, 1, (2,), (1,))
    state._metadata = collections.OrderedDict([("", {"version": 1})])
    return state


if __name__ == "__main__":
    for version in (2, 4, 5):
        save(f"protocol{version}.pth", everything(), version)
    zipfile.ZIP64_LIMIT = 16
    zipfile.ZIP_FILECOUNT_LIMIT = 1
    save("zip64.pth", everything(), 2)

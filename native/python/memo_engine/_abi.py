"""memo.h in ctypes: its numbers, structures and prototypes, in its order. Nothing here is called or loaded."""

from __future__ import annotations

import ctypes
from ctypes import POINTER, c_char_p, c_double, c_int32, c_int64, c_uint64, c_void_p

ABI_VERSION = 1
OK = 0
TOO_SMALL = 9
UINT8, FLOAT32, FLOAT64 = 1, 2, 3
PARTS = {"train": 0, "test": 1}
CONFLICTS = {"error": 0, "drop": 1, "majority": 2}
VALUES, RADII, NEAREST = 1, 2, 4
ABSTAIN = -(2**31)

Progress = ctypes.CFUNCTYPE(c_int32, c_double, c_void_p)


class RunOptions(ctypes.Structure):
    _fields_ = [
        ("struct_size", c_int64),
        ("threads", c_int32),
        ("reserved", c_int32),
        ("progress", Progress),
        ("user_data", c_void_p),
    ]


class Matrix(ctypes.Structure):
    _fields_ = [
        ("data", c_void_p),
        ("rows", c_int64),
        ("columns", c_int64),
        ("row_stride", c_int64),
        ("element_type", c_int32),
        ("reserved", c_int32),
    ]


class DataProperties(ctypes.Structure):
    _fields_ = [
        ("struct_size", c_int64),
        ("rows", c_int64),
        ("columns", c_int64),
        ("classes", c_int64),
        ("element_type", c_int32),
        ("labels_are_class_values", c_int32),
    ]


class DataMeasures(ctypes.Structure):
    _fields_ = [
        ("struct_size", c_int64),
        ("conflicts", c_int64),
        ("duplicates", c_int64),
        ("separation", c_double),
        ("closest", c_int64 * 2),
    ]


class BuildOptions(ctypes.Structure):
    _fields_ = [
        ("struct_size", c_int64),
        ("lambda_numerator", c_int64),
        ("lambda_denominator", c_int64),
        ("rho_numerator", c_int64),
        ("rho_denominator", c_int64),
        ("block_depth", c_int64),
        ("seed", c_uint64),
        ("on_conflict", c_int32),
        ("has_default_label", c_int32),
        ("default_label", c_int32),
        ("reserved", c_int32),
    ]


class NetworkProperties(ctypes.Structure):
    _fields_ = [
        ("struct_size", c_int64),
        ("samples", c_int64),
        ("dimension", c_int64),
        ("classes", c_int64),
        ("element_type", c_int32),
        ("labels_are_class_values", c_int32),
        ("lambda_numerator", c_int64),
        ("lambda_denominator", c_int64),
        ("depth", c_int64),
        ("width", c_int64),
        ("parameters", c_int64),
        ("nonzero", c_int64),
        ("bits", c_int64),
        ("outputs", c_int64),
        ("seed", c_uint64),
    ]


class ExportOptions(ctypes.Structure):
    _fields_ = [("struct_size", c_int64), ("dense", c_int32), ("reserved", c_int32)]


class VerificationResult(ctypes.Structure):
    _fields_ = [
        ("struct_size", c_int64),
        ("rows", c_int64),
        ("first_failure", c_int64),
        ("resolved_exactly", c_int64),
        ("given", c_int32),
        ("reserved", c_int32),
    ]


#: The C name of each structure, which all but the first begin with their own size.
STRUCTURES: dict[str, type[ctypes.Structure]] = {
    "memo_matrix": Matrix,
    "memo_run_options": RunOptions,
    "memo_data_properties": DataProperties,
    "memo_measures": DataMeasures,
    "memo_build_options": BuildOptions,
    "memo_network_properties": NetworkProperties,
    "memo_export_options": ExportOptions,
    "memo_verification": VerificationResult,
}

# Buffers of numbers are passed as addresses (c_void_p), handles as numbers.
_HANDLE = c_uint64
_NEW_HANDLE = POINTER(c_uint64)
_MATRIX = POINTER(Matrix)
_RUN = POINTER(RunOptions)
_TEXT = (c_char_p, c_int64, POINTER(c_int64))
_BUFFER = c_void_p

#: Functions that return a memo_status, with the types of their arguments.
FUNCTIONS = {
    "memo_set_threads": (c_int32,),
    "memo_set_device": (c_char_p,),
    "memo_device": _TEXT,
    "memo_instruction_set": (POINTER(c_char_p), POINTER(c_char_p)),
    "memo_info": _TEXT,
    "memo_close": (_HANDLE,),
    "memo_data_create": (_MATRIX, _BUFFER, c_int64, POINTER(c_char_p), c_int64, _NEW_HANDLE),
    "memo_data_open": (c_char_p, c_int32, _NEW_HANDLE),
    "memo_data_info": (_HANDLE, POINTER(DataProperties)),
    "memo_data_points": (_HANDLE, _BUFFER, c_int64),
    "memo_data_labels": (_HANDLE, _BUFFER, c_int64),
    "memo_data_measure": (_HANDLE, _RUN, POINTER(DataMeasures)),
    "memo_data_nearest_other": (_HANDLE, _RUN, _BUFFER, _BUFFER, c_int64),
    "memo_network_build": (_HANDLE, c_char_p, POINTER(BuildOptions), _RUN, _NEW_HANDLE),
    "memo_network_open": (c_char_p, _NEW_HANDLE),
    "memo_network_save": (_HANDLE, c_char_p),
    "memo_network_info": (_HANDLE, POINTER(NetworkProperties)),
    "memo_class_name": (_HANDLE, c_int64, *_TEXT),
    "memo_network_describe": (_HANDLE, *_TEXT),
    "memo_network_export": (_HANDLE, c_char_p, c_char_p, POINTER(ExportOptions)),
    "memo_network_predict": (_HANDLE, _MATRIX, _BUFFER, c_int64),
    "memo_network_verify": (_HANDLE, _HANDLE, c_int32, _RUN, POINTER(VerificationResult)),
    "memo_network_evaluate": (_HANDLE, _MATRIX, c_int32, _RUN, _NEW_HANDLE),
    "memo_answers_labels": (_HANDLE, _BUFFER, c_int64),
    "memo_answers_values": (_HANDLE, _BUFFER, c_int64),
    "memo_answers_exact_values": (_HANDLE, *_TEXT),
    "memo_answers_scale": (_HANDLE, *_TEXT),
    "memo_answers_radii": (_HANDLE, _BUFFER, c_int64),
    "memo_answers_nearest": (_HANDLE, _BUFFER, c_int64),
    "memo_nearest_rows": (_MATRIX, _MATRIX, _RUN, _BUFFER, _BUFFER, c_int64),
    "memo_gemm_float32": (_MATRIX, _MATRIX, _BUFFER, c_int32, _RUN, _BUFFER, c_int64),
    "memo_gemm_uint8": (_MATRIX, _MATRIX, _RUN, _BUFFER, c_int64),
}

#: Functions that cannot fail: what they return, and the types of their arguments.
INFALLIBLE = {
    "memo_abi_version": (c_int32, ()),
    "memo_version": (c_char_p, ()),
    "memo_status_name": (c_char_p, (c_int32,)),
    "memo_last_error": (c_char_p, ()),
}


def declare(library: ctypes.CDLL) -> None:
    """Gives every function of the library its prototype; AttributeError names one that it lacks."""
    for name, arguments in FUNCTIONS.items():
        function = getattr(library, name)
        function.restype, function.argtypes = c_int32, arguments
    for name, (result, arguments) in INFALLIBLE.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments

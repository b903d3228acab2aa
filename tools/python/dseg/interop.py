# SPDX-License-Identifier: Apache-2.0
"""To and from the objects of nibabel and SimpleITK, which are imported when they are asked for."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from . import planes

if TYPE_CHECKING:
    from .segmentation import Segmentation


class LazyLabels:
    """Labels as nibabel indexes them, [column, row, plane], read when they are asked for: an array proxy."""

    is_proxy = True
    ndim = 3

    def __init__(self, seg: Segmentation, options: dict[str, Any]) -> None:
        grid, _ = seg._grid()
        self._seg, self._options = seg, options
        self.shape: tuple[int, int, int] = tuple(grid.size)
        self.dtype = planes.label_type(options.get("dtype"), None, seg._largest(seg._indices(options.get("segments"))))

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        labels = self._seg.volume(**self._options).T
        return labels if dtype is None else labels.astype(dtype, copy=False)

    def __getitem__(self, key: Any) -> NDArray[Any]:
        """Of a plane, or a slice of planes, these alone are read."""
        keys = key if isinstance(key, tuple) else (key,)
        if Ellipsis in [one for one in keys if not isinstance(one, np.ndarray)]:
            at = keys.index(Ellipsis)
            keys = keys[:at] + (slice(None),) * (4 - len(keys)) + keys[at + 1:]
        last = keys[2] if len(keys) == 3 else slice(None)
        if isinstance(last, slice) and last.step in (None, 1):
            slab = self._seg.volume(planes=last, **self._options).T
            return np.asarray(slab[(*keys[:2], slice(None)) if len(keys) == 3 else keys])
        if hasattr(last, "__index__"):
            index = range(self.shape[2])[last]
            slab = self._seg.volume(planes=slice(index, index + 1), **self._options).T
            return np.asarray(slab[(*keys[:2], 0)])
        return np.asarray(self.__array__()[key])


def to_nibabel(seg: Segmentation, options: dict[str, Any]) -> Any:
    nibabel: Any = importlib.import_module("nibabel")
    return nibabel.Nifti1Image(LazyLabels(seg, options), seg.affine_ras)


def to_sitk(seg: Segmentation, options: dict[str, Any]) -> Any:
    SimpleITK: Any = importlib.import_module("SimpleITK")
    image = SimpleITK.GetImageFromArray(seg.volume(**options))
    affine = seg.affine
    spacing = np.linalg.norm(affine[:3, :3], axis=0)
    image.SetOrigin(affine[:3, 3].tolist())
    image.SetSpacing(spacing.tolist())
    image.SetDirection((affine[:3, :3] / spacing).ravel().tolist())
    return image


def sitk_affine(image: Any) -> NDArray[np.float64]:
    """Of a SimpleITK.Image of three dimensions: indices (column, row, plane, 1) to mm, LPS."""
    if image.GetDimension() != 3:
        raise ValueError(f"an image of 3 dimensions is expected, not {image.GetDimension()}")
    affine = np.eye(4)
    affine[:3, :3] = np.reshape(image.GetDirection(), (3, 3)) * np.asarray(image.GetSpacing())
    affine[:3, 3] = image.GetOrigin()
    return affine


def sitk_voxels(image: Any) -> tuple[NDArray[Any], NDArray[np.float64]]:
    SimpleITK: Any = importlib.import_module("SimpleITK")
    return SimpleITK.GetArrayFromImage(image), sitk_affine(image)

"""Reference values of copper that no paper gives as numbers, with GPAW (PBE): phonons at X and L, and other crystals.

    python3 dft.py [phonons] [crystals] [--cutoff EV] [--density N]

Phonons: forces of one displacement in two-atom cells that hold the wave, at the lattice constant of the training data. Crystals:
energies above fcc at its volume, ideal axial ratio. N is the number of k-points times the length of a lattice vector (angstrom).
"""
import argparse

import numpy as np
from ase import Atoms
from ase.units import _amu, _e
from gpaw import GPAW, PW, FermiDirac

A = 3.634  # angstrom
U = 0.04  # displacement, angstrom


def solved(atoms):
    heights = 1 / np.linalg.norm(atoms.cell.reciprocal(), axis=1)
    points = [int(2 * np.ceil(options.density / h / 2)) for h in heights]
    atoms.calc = GPAW(
        mode=PW(options.cutoff),
        xc='PBE',
        kpts={'size': points, 'gamma': True},
        occupations=FermiDirac(0.1),
        convergence={'density': 1e-6},
        txt=None,
    )
    return atoms


def phonon(name, cell, second, along):
    along = np.array(along) / np.linalg.norm(along)
    atoms = solved(Atoms('Cu2', positions=[along * U, np.array(second) - along * U], cell=cell, pbc=True))
    forces = atoms.get_forces()
    curvature = -(forces[0] - forces[1]) @ along / 2 / U  # eV/angstrom^2
    frequency = np.sqrt(abs(curvature) * _e * 1e20 / (63.546 * _amu)) / (2 * np.pi) / 1e12
    print(f'{name} {frequency:.3f} THz', flush=True)


def phonons():
    t = A / np.sqrt(2)
    tetragonal = np.diag([t, t, A])
    layers = A / 2 * np.array([[1, -1, 0], [0, 1, -1], [2, 2, 0]])
    phonon('phonon_x_longitudinal', tetragonal, [t / 2, t / 2, A / 2], [0, 0, 1])
    phonon('phonon_x_transverse', tetragonal, [t / 2, t / 2, A / 2], [1, 0, 0])
    phonon('phonon_l_longitudinal', layers, [A / 2, A / 2, 0], [1, 1, 1])
    phonon('phonon_l_transverse', layers, [A / 2, A / 2, 0], [1, -1, 0])


def crystals():
    t = A / np.sqrt(2)
    ideal = np.sqrt(8 / 3) * t
    places = {'A': (0, 0), 'B': (1 / 3, 2 / 3), 'C': (2 / 3, 1 / 3)}

    def energy(atoms):
        return solved(atoms).get_potential_energy() / len(atoms)

    def stack(order):
        cell = [[t, 0, 0], [-t / 2, t * np.sqrt(3) / 2, 0], [0, 0, len(order) * ideal / 2]]
        scaled = [(*places[c], k / len(order)) for k, c in enumerate(order)]
        return energy(Atoms(f'Cu{len(order)}', scaled_positions=scaled, cell=cell, pbc=True))

    fcc = stack('ABC')
    print(f'hcp {1e3 * (stack("AB") - fcc):.2f} meV/atom above fcc', flush=True)
    print(f'dhcp {1e3 * (stack("ABAC") - fcc):.2f} meV/atom above fcc', flush=True)
    cube = A / 2 ** (1 / 3) / 2 * np.array([[-1, 1, 1], [1, -1, 1], [1, 1, -1]])
    print(f'bcc {1e3 * (energy(Atoms("Cu", cell=cube, pbc=True)) - fcc):.2f} meV/atom above fcc', flush=True)


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument('what', nargs='*', metavar='phonons|crystals', help='default: both')
parser.add_argument('--cutoff', type=float, default=400, help='eV')
parser.add_argument('--density', type=float, default=37, help='k-points times angstrom')
options = parser.parse_args()
for what in options.what or ['phonons', 'crystals']:
    {'phonons': phonons, 'crystals': crystals}[what]()

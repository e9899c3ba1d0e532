"""Energy and forces of one structure with GPAW, file in, file out:

    python3 gpaw_label.py job.json result.json

job.json has "structure" (species, pbc, cell and positions in Angstrom) and "settings" (see src/engines/labelling/gpaw.ts, which writes
it). result.json has energy (eV), forces (eV/A), stress (eV/A^3, tension positive) where it was asked for, or "problem" and "reason".
It is put in place as a whole. The log of GPAW is gpaw.txt. Runs alone or under mpirun.
"""

import json
import os
import sys


def calculator(settings):
    from gpaw import GPAW, PW, FermiDirac, MarzariVanderbilt, MethfesselPaxton, Mixer

    smearing = {
        'fermi-dirac': lambda width: FermiDirac(width),
        'marzari-vanderbilt': lambda width: MarzariVanderbilt(width),
        'methfessel-paxton': lambda width: MethfesselPaxton(width, order=1),
    }
    mode = {'pw': lambda: PW(settings['ecut']), 'lcao': lambda: 'lcao', 'fd': lambda: 'fd'}[settings['mode']]()
    keywords = {'basis': settings['basis']} if settings['mode'] == 'lcao' else {}
    if settings['mode'] != 'pw':
        keywords['h'] = settings['grid_spacing']
    if settings['spin_polarised']:
        keywords['spinpol'] = True
    else:
        keywords['mixer'] = Mixer(settings['mixer_beta'], settings['mixer_history'], settings['mixer_weight'])
    return GPAW(
        mode=mode,
        xc=settings['xc'],
        kpts={'size': settings['mesh'], 'gamma': True},
        occupations=smearing[settings['smearing']](settings['smearing_width']),
        convergence=settings['convergence'],
        maxiter=settings['maxiter'],
        txt='gpaw.txt',
        **keywords,
    )


def label(structure, settings):
    import gpaw
    from ase import Atoms

    atoms = Atoms(
        structure['species'],
        positions=rows(structure['positions']),
        cell=rows(structure['cell']),
        pbc=structure['pbc'],
    )
    atoms.calc = calculator(settings)
    free = settings['energy_kind'] == 'free'
    try:
        result = {
            'energy': float(atoms.get_potential_energy(force_consistent=free)),
            'forces': [float(x) for row in atoms.get_forces() for x in row],
            'version': 'GPAW ' + gpaw.__version__,
        }
        if settings['stress']:
            result['stress'] = [float(x) for row in atoms.get_stress(voigt=False) for x in row]
        return result
    except gpaw.KohnShamConvergenceError as error:
        return {'problem': 'unconverged', 'reason': first_line(error), 'version': 'GPAW ' + gpaw.__version__}


def rows(numbers):
    return [numbers[k : k + 3] for k in range(0, len(numbers), 3)]


def first_line(error):
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__


def main(source, target):
    with open(source) as file:
        job = json.load(file)
    result = label(job['structure'], job['settings'])
    from gpaw.mpi import rank

    if rank == 0:
        with open(target + '.part', 'w') as file:
            json.dump(result, file)
        os.replace(target + '.part', target)


if __name__ == '__main__':
    main(*sys.argv[1:])

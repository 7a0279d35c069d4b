"""Verdicts of python-stdnum on identifiers, for tests/identifiers.rs.

Reads lines of `name TAB text` and writes 1 (valid) or 0 for each, in order.
"""

import importlib
import sys

# The name of our validator, the module of stdnum that answers for it.
MODULES = {
    "aba": "us.rtn",
    "ar_cuit": "ar.cuit",
    "at_svnr": "at.vnr",
    "at_tin": "at.tin",
    "au_tfn": "au.tfn",
    "be_rrn": "be.ssn",
    "bg_egn": "bg.egn",
    "bg_lnc": "bg.pnf",
    "br_cpf": "br.cpf",
    "btc": "bitcoin",
    "ca_sin": "ca.sin",
    "ch_ahv": "ch.ssn",
    "cl_rut": "cl.rut",
    "cn_ric": "cn.ric",
    "co_nit": "co.nit",
    "cu_ni": "cu.ni",
    "cy_tic": "cy.vat",
    "cz_rc": "cz.rc",
    "de_steuer_id": "de.idnr",
    "dk_cpr": "dk.cpr",
    "do_cedula": "do.cedula",
    "ec_ci": "ec.ci",
    "ee_ik": "ee.ik",
    "es_dni": "es.dni",
    "es_nie": "es.nie",
    "fi_hetu": "fi.hetu",
    "fr_nir": "fr.nir",
    "fr_spi": "fr.nif",
    "gb_nhs": "gb.nhs",
    "gb_utr": "gb.utr",
    "gr_afm": "gr.vat",
    "gr_amka": "gr.amka",
    "gt_nit": "gt.nit",
    "hr_oib": "hr.oib",
    "iban": "iban",
    "id_nik": "id.nik",
    "id_npwp": "id.npwp",
    "ie_ppsn": "ie.pps",
    "il_tz": "il.idnr",
    "imei": "imei",
    "in_aadhaar": "in_.aadhaar",
    "in_pan": "in_.pan",
    "is_kennitala": "is_.kennitala",
    "it_codice_fiscale": "it.codicefiscale",
    "jp_my_number": "jp.in_",
    "kr_rrn": "kr.rrn",
    "lt_asmens_kodas": "lt.asmens",
    "luhn": "luhn",
    "lv_pk": "lv.pvn",
    "mac": "mac",
    "md_idnp": "md.idno",
    "mod11_10": "iso7064.mod_11_10",
    "mod11_2": "iso7064.mod_11_2",
    "mod97_10": "iso7064.mod_97_10",
    "mu_nid": "mu.nid",
    "mx_curp": "mx.curp",
    "mx_rfc": "mx.rfc",
    "my_nric": "my.nric",
    "mz_nuit": "mz.nuit",
    "nl_bsn": "nl.bsn",
    "no_fnr": "no.fodselsnummer",
    "nz_ird": "nz.ird",
    "pe_dni": "pe.cui",
    "pk_cnic": "pk.cnic",
    "pl_nip": "pl.nip",
    "pl_pesel": "pl.pesel",
    "pt_cc": "pt.cc",
    "pt_nif": "pt.nif",
    "py_ruc": "py.ruc",
    "ro_cnp": "ro.cnp",
    "rs_jmbg": "si.emso",
    "ru_inn": "ru.inn",
    "se_personnummer": "se.personnummer",
    "sk_rc": "sk.rc",
    "th_pin": "th.pin",
    "tr_tckn": "tr.tckimlik",
    "ua_rntrc": "ua.rntrc",
    "us_itin": "us.itin",
    "us_ssn": "us.ssn",
    "uy_rut": "uy.rut",
    "ve_rif": "ve.rif",
    "verhoeff": "verhoeff",
    "za_id": "za.idnr",
}


def main():
    modules = {name: importlib.import_module("stdnum." + module) for name, module in MODULES.items()}
    if sys.argv[1:] == ["names"]:
        print("\n".join(sorted(MODULES)))
        return
    for line in sys.stdin:
        name, text = line.rstrip("\n").split("\t", 1)
        print(int(bool(modules[name].is_valid(text))))


main()

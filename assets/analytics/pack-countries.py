"""Packs ranges of addresses and their countries into `countries.bin`.

    npm pack @ip-location-db/geo-whois-asn-country   (unpacked: the folder `package`)
    python3 pack-countries.py package countries.bin

Both lists are turned into bounds (an address and the country from there on, or none), IPv6 by its first
48 bits. The file: `BSC1`; how many countries there are, in one byte, and their letters; then four parts,
each its length in four bytes (little-endian) and its bytes packed with zlib: gaps between bounds of IPv4 as
varints, their countries as places in the list (0 is none) in a byte each; the same of IPv6.
"""

import csv
import sys
import zlib


def bounds(path, shift):
    found, end, last = [], -1, 0
    with open(path, newline="") as file:
        for first, final, country in csv.reader(file):
            first, final = max(int(first) >> shift, end + 1), int(final) >> shift
            if first > final:
                continue
            if first > end + 1 and last:
                found.append((end + 1, ""))
                last = ""
            if country != last:
                found.append((first, country))
                last = country
            end = final
    return found + [(end + 1, "")]


def varint(number):
    packed = bytearray()
    while number > 127:
        packed.append(number & 127 | 128)
        number >>= 7
    packed.append(number)
    return bytes(packed)


def main():
    folder, out = sys.argv[1:]
    lists = [
        bounds(f"{folder}/geo-whois-asn-country-ipv4-num.csv", 0),
        bounds(f"{folder}/geo-whois-asn-country-ipv6-num.csv", 80),
    ]
    countries = sorted({country for found in lists for _, country in found} - {""})
    places = {"": 0} | {country: at + 1 for at, country in enumerate(countries)}
    with open(out, "wb") as file:
        file.write(b"BSC1" + bytes([len(countries)]) + "".join(countries).encode())
        for found in lists:
            before, gaps = 0, bytearray()
            for first, _ in found:
                gaps += varint(first - before)
                before = first
            for part in (bytes(gaps), bytes(places[country] for _, country in found)):
                packed = zlib.compress(part, 9)
                file.write(len(packed).to_bytes(4, "little") + packed)


main()

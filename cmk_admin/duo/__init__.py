"""Taking in the open data of DUO: schools, their boards, gemeenten and pupils."""

"""The small reader of Parquet, on files that pyarrow has written."""

import base64
import contextlib

import pytest
from data._parquet import distinct_strings

# 62 strings, packed by Snappy: the first ones in a dictionary, the others in plain pages.
SNAPPY = base64.b85decode(
    "P(e~L6$BNy0~N#pOcf{<01^NI+yN*D0001YZ*pWXFfbVl05KU005Ta105cg205lm305us405%y505=&605};7067&405KVE05KVE"
    "05KVE05KVE05KVE05KVE05KVE05KVEFflj>0001YZ*pWXF*y|g6(AKPEEN<L5ETX$1{?qY01!L^0000K0R#mQGE{b$0000L02L$^"
    "C@d8e6%Z8$6$Tst000t10ssI26afVVYO&@XjB)}1000#L6~qG-&;cwJC=~z|1{DSz0002u0YCx(001Zf2LJ#7cW-iJFfuS13ji@0"
    "3ji`13ji}23jj133jj443jj753jjA63jjD73jjG43ji}2ZU8eGZU8eGZU8eGZU8eGZU8eGZU8eGZU8eGZZI=A2LJ#7cW-iJFf%z7"
    "02Rao70>}J6(|(|6$TXs8~^|S;sHPc0000e0S5p80C#V4WH2-"
    "^84Cb084Cb184Cb284Cb384Cb484Cb584Cb684Cb784Cb86$=108EybI8EybI8EybI8EybI8EybI8EybI8EybI8E!B&I0pa#0C#V"
    "4WH2>36#x~;0u?|k6$BLk6$TXs8~^|SqyZ=b000040Y(4-"
    "0C@fZ00jXQPyhe`VPgIQ05$>u6$BY9H2@d}b7N>_ZDADx02K@+0vH8pZe(S6B>+qu0000Md>I@W93}u96$}|Q00s~l7zJr=WMz02"
    "0v3E0v=0{82PW(RCI~4!6$BLk6#@Vi02Kfg1^^WR6%Z8!06Z4-"
    "2pI+$CIEZ@000)W4;FkT2o~4}04N}EVRCVGWppiLaBwYQa&m8XAa-SPb7^mGATl;CFfK6}92@`u0HFW?08l|vF#"
)
# "a" and "b", in a plain page that is not packed.
PLAIN = base64.b85decode(
    "P(e~L6#x|=6(B4X1Qh@k1{DSz00002000040RaF20AT?D003eY1Q{$f02l^yV`yb<VHE-"
    "Z6$~W;7zJr=WMz0I08AVJ000&Q85|iLCIB223>hT`02vqsX>Md?cohH^1QtdXMkWYJ92Ec+02KlNJQf5Q1{o#*1ONa47Dg5XCI}W"
    "r04N}EVRCVGWppiLaBwYQa&m8XAa-SPb7^mGATl;CFfK6}92@`u0Ez$r08l|vF#"
)
# "a", "b" and "a" again.
TWICE = base64.b85decode(
    "P(e~L6$BL&6%<Sr1Qh@h00031003bD0001D6#x|y6%s5J1{Dw$1{DSz00002000060RaO76$BY9H2@d}b7N>_ZDADx02K@+0vH8p"
    "Ze(S6B>+qu0000M1{oX~93}u96$}|Q00s~l7zJr=WMz0202T%oXclNDI3@@wEENP502KlN6#x|w6#@V}76usx872S*0000MXch)0"
    "2o`7nC?IfQa&dKKbS-0Wa4lhSa&LDac4cyNX>V>IGBz$SE-@J#8~^|SlmGw#P(e~L"
)


def test_strings_of_a_dictionary_and_of_plain_pages() -> None:
    words = [*(f"word{i:03d}" for i in range(60)), "x" * 70, "ab" * 40]
    assert words == distinct_strings(SNAPPY)


def test_strings_of_a_page_that_is_not_packed() -> None:
    assert ["a", "b"] == distinct_strings(PLAIN)


@pytest.mark.parametrize(
    ("contents", "message"),
    [
        (b"", "not a Parquet file"),
        (TWICE, "2 distinct strings in 3 rows"),
        (SNAPPY[:60] + SNAPPY[-200:], "."),
        (SNAPPY[:4] + SNAPPY[-8:], "."),
    ],
)
def test_files_that_are_not_as_described(contents: bytes, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        distinct_strings(contents)


@pytest.mark.parametrize("place", range(4, 120, 5))
def test_damage_gives_no_other_exception(place: int) -> None:
    damaged = SNAPPY[:place] + bytes([SNAPPY[place] ^ 0xFF]) + SNAPPY[place + 1 :]
    with contextlib.suppress(ValueError):
        distinct_strings(damaged)

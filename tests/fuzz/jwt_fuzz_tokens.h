#pragma once

#include <string_view>

/// The public keys of the token target, and the only tokens that were ever signed with them: their
/// private halves are gone.
namespace renal::hooks {

inline constexpr std::string_view kFuzzKeys =
    R"({"keys":[{"kty":"EC","crv":"P-384","kid":"es","use":"sig","alg":"ES384","x":"CK1H8245a)"
    R"(PomTaUYvIIpmQGgMdsr9GTG7x6gFWp2y0N-d_7tzUlPj2ydVRjjJE2D","y":"vLj71eMhKplsZ2KKuu5ZaVOL)"
    R"(gN8niYtAoVuQqiF4RazA3KYpZyfelhZruYOYOTX5"},{"kty":"RSA","kid":"rs","n":"uUT6oXvSsUG9vq)"
    R"(RmxzmakzqdNU3uLVZ27eXg1acHIOieJffr2qdQXWyRHsQG3BJVslJytKBfu8IJ4eF8V1XliJ9Y2vVIGoYytqJw)"
    R"(-tQgrbFtjapx7FjSCeYLKq5AMivDacZTXYLzmZLGT3u1VwGU87Pj__M8wJzjdwr_xD_6cWKoj8P7AMCsVCwir0)"
    R"(POA_6PTB_FerNa9uSdNb0ZVjORGKClJ9iYvaGV4mKotGED1LZQ4lEo6yWUYMmu5R-j5Jly8TnnojdlBNVRi97a)"
    R"(QEYab_ZRWJcGYQ5TZX8ZYvU_NIek65esS82730bkQ8zcuCTMcqliLi2KULw7YwUm18Yv2Q","e":"AQAB"}]})";

/// ES384, RS256 and PS384, good at 1,800,000,000 s since 1970.
inline constexpr std::string_view kFuzzTokens[] = {
    "eyJhbGciOiJFUzM4NCIsInR5cCI6IkpXVCIsImtpZCI6ImVzIn0.eyJpc3MiOiJodHRwczovL2Voci5leGFtcGxlIiwiYX"
    "VkIjoiaHR0cHM6Ly9jZHMuZXhhbXBsZS9jZHMtc2VydmljZXMiLCJpYXQiOjE3OTk5OTk5OTAsImV4cCI6MTgwMDAwMDI5"
    "MCwianRpIjoiYSJ9.SH6hYvSv5o2GUpvEaATAwCo6YrFwMu8qASuiGpFSwMPvpk_rwp7ziFb6SIc5QB328b5v2ai6iYR_B"
    "zuKzOBakOygwbQVRvyduxFKluYlnYliWHiT7wvGmgtvye-vSW8_",
    "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6InJzIn0.eyJpc3MiOiJodHRwczovL2Voci5leGFtcGxlIiwiYX"
    "VkIjoiaHR0cHM6Ly9jZHMuZXhhbXBsZS9jZHMtc2VydmljZXMiLCJpYXQiOjE3OTk5OTk5OTAsImV4cCI6MTgwMDAwMDI5"
    "MCwianRpIjoiYiIsInRlbmFudCI6Im5vcnRoIn0.cylz2cRMcJ2v7qbgpsUBEc6ojj2LR9hGJ8DyU9TC78oiblFO_mracI"
    "xcrEi62vHezMs6YGDAceVWaisdqRoYB_z1Bs_qNcLfm9k8ZtNW7ruqzsEkP8jEDROz7hzioBuFv5B6ghzSsoG_oM117Ays"
    "MtcGaKf6Qe4qnz0TUwFO9iEq8Bzqjgn6kVavvL15ZKVZJjwG13JoTBbFQUGT60Cmt_xoF_BI52SR9y2bZilSi0FXCgjWj1"
    "Sd1g4AlV7krFNUX_ymOs56njecVrsMEgO-i5-Isnwce1HcceB1PQS2V2VuflchOzhPFTb9F7Ac8-XV4Odpi1ZWs2QVfn-c"
    "BSlm0Q",
    "eyJhbGciOiJQUzM4NCIsInR5cCI6IkpXVCIsImtpZCI6InJzIn0.eyJpc3MiOiJodHRwczovL2Voci5leGFtcGxlIiwiYX"
    "VkIjpbImh0dHBzOi8vY2RzLmV4YW1wbGUvY2RzLXNlcnZpY2VzIl0sImlhdCI6MTc5OTk5OTk5MCwiZXhwIjoxODAwMDAw"
    "MjkwLCJqdGkiOiJjIiwibmJmIjoxNzk5OTk5OTgwLjV9.FTfQYVBinsKayFKIpH32ZPCU9uGd8L42mpbaSxCV19011DNP2"
    "wNMoCDhcVQneAlDGXvvxcnEx9eKDBdqCdVglZvTrgw5svMngZ_Sic5_lwB4zuzrDlnP8CL7WEmF2VOfS2ffHQ9bvb1uny_"
    "Yp9mzesEpDxhoPdKJZFXxxk2HpQm6d8N-QuvU2EqWQ98j4302HYUgpai6TzvL7ExixYJ3WTEGSlASsGG0Cnnt4eM8R3o9c"
    "ipZIsQXTVRdipuk8Kw6iQXHCppymOYZchMeg_JNvupCEKIS_uQ9hjnumcvtX5RnidjvP7PwnM1E2--URR3rRVmSsHxyiBF"
    "8Kkr-CkaoBg"};

}  // namespace renal::hooks

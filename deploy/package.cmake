# What `cmake --install` and CPack put where; `cpack -G DEB` makes the Debian package.
include(GNUInstallDirs)
set(RENAL_DEPLOY ${CMAKE_CURRENT_LIST_DIR})
set(RENAL_DOCUMENTS ${CMAKE_INSTALL_DATADIR}/doc/renalpath)

install(TARGETS renalpath RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(PROGRAMS ${RENAL_DEPLOY}/health DESTINATION lib/renalpath)
install(FILES ${RENAL_DEPLOY}/systemd/renalpath.service DESTINATION lib/systemd/system)
install(FILES ${RENAL_DEPLOY}/debian/renalpath.sysusers DESTINATION lib/sysusers.d RENAME renalpath.conf)
install(FILES ${RENAL_DEPLOY}/debian/renalpath.tmpfiles DESTINATION lib/tmpfiles.d RENAME renalpath.conf)
install(FILES ${CMAKE_SOURCE_DIR}/README.md ${RENAL_DEPLOY}/config.example.toml ${RENAL_DEPLOY}/SAFETY.md
  DESTINATION ${RENAL_DOCUMENTS})
install(FILES ${RENAL_DEPLOY}/README.md DESTINATION ${RENAL_DOCUMENTS} RENAME OPERATING.md)
install(FILES ${CMAKE_SOURCE_DIR}/LICENSE DESTINATION ${RENAL_DOCUMENTS} RENAME copyright)
install(FILES ${RENAL_DEPLOY}/haproxy/haproxy.cfg ${RENAL_DEPLOY}/nginx/renalpath.conf
  DESTINATION ${RENAL_DOCUMENTS}/examples)
# Absolute: they belong to the operator, and dpkg keeps what he changed.
install(FILES ${RENAL_DEPLOY}/debian/renalpath.toml DESTINATION /etc/renalpath)
install(FILES ${RENAL_DEPLOY}/debian/renalpath.logrotate DESTINATION /etc/logrotate.d RENAME renalpath)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME renalpath)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_CONTACT "renalpath <package@renalpath.example>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "Clinical decision support for kidney cancer over CDS Hooks")
set(CPACK_PACKAGE_DESCRIPTION "Answers CDS Hooks calls of an EHR with cards about the treatment of kidney cancer,\n"
  "by a pathway that a hospital can read, prove and approve, and prepares tumour boards.")
string(REPLACE ";" "" CPACK_PACKAGE_DESCRIPTION "${CPACK_PACKAGE_DESCRIPTION}")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "systemd | systemd-standalone-sysusers, systemd | systemd-standalone-tmpfiles, tzdata, ca-certificates")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "logrotate")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "postgresql, haproxy | nginx, chromium")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
  ${RENAL_DEPLOY}/debian/conffiles ${RENAL_DEPLOY}/debian/postinst ${RENAL_DEPLOY}/debian/prerm
  ${RENAL_DEPLOY}/debian/postrm)
include(CPack)

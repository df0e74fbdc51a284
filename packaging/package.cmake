# Debian packages, by `cpack` in the build folder: lwshost, and lwshost-dev where there is something
# for developers to install.

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME lwshost)
set(CPACK_PACKAGE_VENDOR "the lwshost authors")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "web server with a chat and address lookups, on libwebsockets")
set(CPACK_PACKAGE_DESCRIPTION
"lwshost serves what a configuration of libwebsockets' lwsws describes: static
files, and the protocols of its plugins. It brings chat-room, a WebSocket chat
with history and recovery, ip-info, many parallel JSON lookups answered as one,
ip-lookup, a local MaxMind-format database behind the same HTTP, and pages for
them.")
set(CPACK_RESOURCE_FILE_LICENSE ${PROJECT_SOURCE_DIR}/LICENSE)
set(CPACK_VERBATIM_VARIABLES ON)
set(CPACK_STRIP_FILES ON)

# Installed as to /, so that what depends on the prefix sees the real one.
set(CPACK_SET_DESTDIR ON)
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_PRE_BUILD_SCRIPTS ${CMAKE_CURRENT_LIST_DIR}/debian/finish.cmake)

set(LWSHOST_MAINTAINER "the lwshost authors <lwshost@lwshost.invalid>" CACHE STRING
    "Who is named as the maintainer of the Debian packages")
set(CPACK_DEBIAN_PACKAGE_MAINTAINER "${LWSHOST_MAINTAINER}")
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_GROUPING IGNORE)

set(CPACK_COMPONENTS_ALL runtime)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_NAME lwshost)
set(CPACK_DEBIAN_RUNTIME_FILE_NAME DEB-DEFAULT)
set(CPACK_COMPONENT_RUNTIME_DESCRIPTION "${CPACK_PACKAGE_DESCRIPTION}")
set(CPACK_DEBIAN_RUNTIME_PACKAGE_SECTION httpd)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_SHLIBDEPS ON)
# The event loop is loaded by name, so that no link says it is needed.
set(CPACK_DEBIAN_RUNTIME_PACKAGE_DEPENDS "adduser, libwebsockets-evlib-uv")
set(CPACK_DEBIAN_RUNTIME_PACKAGE_CONTROL_EXTRA
    ${CMAKE_CURRENT_LIST_DIR}/debian/postinst ${CMAKE_CURRENT_LIST_DIR}/debian/prerm
    ${CMAKE_CURRENT_LIST_DIR}/debian/postrm ${CMAKE_CURRENT_LIST_DIR}/debian/conffiles)

get_cmake_property(components COMPONENTS)
if(dev IN_LIST components)
    list(APPEND CPACK_COMPONENTS_ALL dev)
    set(CPACK_DEBIAN_DEV_PACKAGE_NAME lwshost-dev)
    set(CPACK_DEBIAN_DEV_FILE_NAME DEB-DEFAULT)
    set(CPACK_COMPONENT_DEV_DESCRIPTION
"This package has what a server of one's own needs to have the protocols of
lwshost in it: static libraries, headers, and files for CMake and pkg-config.")
    set(CPACK_DEBIAN_DEV_PACKAGE_SECTION libdevel)
    # For programs that load the plugins.
    set(CPACK_DEBIAN_DEV_PACKAGE_RECOMMENDS lwshost)
    set(CPACK_DEBIAN_DEV_PACKAGE_DEPENDS
        "libwebsockets-dev, libjansson-dev, libsqlite3-dev, libssl-dev, libnghttp2-dev, libmaxminddb-dev")
endif()

include(CPack)

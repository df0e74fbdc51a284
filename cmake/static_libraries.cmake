# The plugins as static libraries for programs of other people, found with find_package(lwshost) or
# pkg-config: docs/embedding.md.
#
# Each library is one object, in which everything is local but the functions of its public header. So
# nothing can meet a name of the program's or of another library's; what the plugins share is in
# each, and has no state.

set(LWSHOST_CMAKE_INSTALL_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/lwshost)
set(LWSHOST_PKGCONFIG_INSTALL_DIR ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

# From pkg-config's files to the root of the tree, which may be moved.
file(RELATIVE_PATH LWSHOST_PKGCONFIG_TO_PREFIX
     ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
string(REGEX REPLACE "/$" "" LWSHOST_PKGCONFIG_TO_PREFIX ${LWSHOST_PKGCONFIG_TO_PREFIX})

configure_file(cmake/lwshost.pc.in lwshost.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/lwshost.pc
        DESTINATION ${LWSHOST_PKGCONFIG_INSTALL_DIR} COMPONENT dev)

include(CMakePackageConfigHelpers)
configure_package_config_file(cmake/lwshostConfig.cmake.in lwshostConfig.cmake
    INSTALL_DESTINATION ${LWSHOST_CMAKE_INSTALL_DIR}
    PATH_VARS CMAKE_INSTALL_LIBDIR CMAKE_INSTALL_INCLUDEDIR CMAKE_INSTALL_DATADIR
              LWSHOST_PLUGIN_INSTALL_DIR
    NO_CHECK_REQUIRED_COMPONENTS_MACRO)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/lwshostConfigVersion.cmake
    COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/lwshostConfig.cmake ${PROJECT_BINARY_DIR}/lwshostConfigVersion.cmake
        DESTINATION ${LWSHOST_CMAKE_INSTALL_DIR} COMPONENT dev)

# add_static_protocol(<protocol> <source> LIBRARIES <ours>... [REQUIRES <pkg-config module>...])
#
# <source> defines the functions of include/lwshost/<identifier>.h; LIBRARIES are the plugin's own
# archives, from which what it needs is taken. To be called beside the plugin's add_protocol_plugin.
function(add_static_protocol protocol source)
    cmake_parse_arguments(PARSE_ARGV 2 arg "" "" "LIBRARIES;REQUIRES")
    string(REPLACE "-" "_" identifier ${protocol})
    set(header ${PROJECT_SOURCE_DIR}/include/lwshost/${identifier}.h)

    add_library(static_${identifier}_functions OBJECT ${source})
    target_include_directories(static_${identifier}_functions PRIVATE ${PROJECT_SOURCE_DIR}/include)
    target_link_libraries(static_${identifier}_functions PRIVATE project_flags common_lws PkgConfig::LWS)

    # What the header declares is what stays visible.
    file(STRINGS ${header} lines REGEX "lws_${identifier}_[a-z_]+\\(.*")
    set(keep)
    foreach(line IN LISTS lines)
        if(line MATCHES "^[a-z].*(lws_${identifier}_[a-z_]+)\\(")
            list(APPEND keep --keep-global-symbol=${CMAKE_MATCH_1})
        endif()
    endforeach()
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${header})

    set(archives)
    foreach(library IN LISTS arg_LIBRARIES)
        list(APPEND archives $<TARGET_FILE:${library}>)
    endforeach()
    separate_arguments(flags NATIVE_COMMAND "${CMAKE_C_FLAGS}")
    if(CMAKE_C_COMPILER_ID STREQUAL GNU)
        list(APPEND flags -flinker-output=nolto-rel)
    endif()
    set(object ${CMAKE_CURRENT_BINARY_DIR}/lwshost-${protocol}.o)
    add_custom_command(
        OUTPUT ${object}
        COMMAND ${CMAKE_C_COMPILER} ${flags} -r -nostdlib
                -o ${object}
                $<TARGET_OBJECTS:static_${identifier}_functions> $<TARGET_OBJECTS:protocol_${identifier}>
                -Wl,--start-group ${archives} -Wl,--end-group
        COMMAND ${CMAKE_OBJCOPY} ${keep} ${object}
        # Targets, because make does not know how another target's objects come about; and for an
        # object library, which has no file of its own, its source.
        DEPENDS protocol_${identifier} static_${identifier}_functions ${source} ${arg_LIBRARIES} ${header}
        COMMAND_EXPAND_LISTS VERBATIM)
    add_library(static_${identifier} STATIC ${object})
    set_source_files_properties(${object} PROPERTIES EXTERNAL_OBJECT ON GENERATED ON)
    set_target_properties(static_${identifier} PROPERTIES
        LINKER_LANGUAGE C OUTPUT_NAME lwshost-${protocol}
        ARCHIVE_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/${CMAKE_INSTALL_LIBDIR})

    string(JOIN ", " LWSHOST_REQUIRES "libwebsockets = ${LWS_VERSION}" ${arg_REQUIRES})
    set(LWSHOST_PROTOCOL ${protocol})
    configure_file(${PROJECT_SOURCE_DIR}/cmake/library.pc.in
                   ${CMAKE_CURRENT_BINARY_DIR}/lwshost-${protocol}.pc @ONLY)
    install(FILES ${CMAKE_CURRENT_BINARY_DIR}/lwshost-${protocol}.pc
            DESTINATION ${LWSHOST_PKGCONFIG_INSTALL_DIR} COMPONENT dev)
    install(FILES ${header} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/lwshost COMPONENT dev)
    install(TARGETS static_${identifier} ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT dev)
endfunction()
